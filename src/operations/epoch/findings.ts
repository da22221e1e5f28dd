import type { FindingCatalogue } from '../../support/finding.ts'

const RULES = 'QuorumPeer.loadDataBase'

/** What the epoch files of members can show. */
export const EPOCH_FINDINGS: FindingCatalogue = {
  'epoch.unreadable': {
    summary: 'An epoch file holds no number.',
    cause: 'A full disk, a crash, an edit by hand: servers write decimal digits and take no blank behind them.',
    evidence: 'The first line of the file, in the message of the server.',
    remedy: 'zkops epoch repair. A member refuses to start, so nothing is lost.',
    source: 'QuorumPeer.readLongFromFile, "Found … in …"',
  },
  'epoch.hidden': {
    summary: 'currentEpoch.tmp would stand in for a currentEpoch that is too low, and cannot be opened.',
    cause: 'Another owner, or a lost permission.',
    evidence: 'The file, for the user that runs zkops.',
    remedy: 'chown to the user of the service, u+rw.',
    source: `${RULES}, FileNotFoundException`,
  },
  'epoch.current-behind': {
    summary: 'currentEpoch lies below the epoch of the last zxid.',
    cause:
      'A crash between the snapshot or the transactions of a new epoch and the write of the file. Or a log of another ensemble.',
    evidence: 'The file, and the last zxid that a start reaches.',
    remedy: 'zkops epoch repair writes the epoch of the last zxid, after it has proved the data. Never more than that.',
    source: `${RULES}, "The current epoch, … is older than the last zxid"`,
  },
  'epoch.accepted-behind': {
    summary: 'acceptedEpoch lies below currentEpoch, or is made so.',
    cause: 'An edit by hand, a restored file, or a missing acceptedEpoch: a server makes it from the data alone.',
    evidence: 'Both files.',
    remedy: 'zkops epoch repair, with the directories of the other members behind the first.',
    source: `${RULES}, "The accepted epoch, … is less than the current epoch"`,
  },
  'epoch.tmp-taken': {
    summary: 'A server takes currentEpoch.tmp in the place of a currentEpoch that is too low.',
    cause: 'A crash between the write and the renaming.',
    evidence: 'Both files, and the last zxid.',
    remedy: 'None from 3.5.10, 3.6.3, 3.7.1 and 3.8.0 on: the server puts it right.',
    source: `${RULES}; ZOOKEEPER-4269`,
  },
  'epoch.tmp-too-low': {
    summary: 'currentEpoch.tmp is too low as well; a server takes it all the same.',
    cause: 'An older write was interrupted.',
    evidence: 'Both files, and the last zxid.',
    remedy: 'zkops epoch repair: this start would work, the next one would not.',
    source: RULES,
  },
  'epoch.current-ahead': {
    summary: 'currentEpoch lies more than one above the epoch of the last zxid.',
    cause:
      'Elections without a write between them, which is harmless; or old data under a newer epoch file, which is not.',
    evidence: 'The file, the last zxid; no other given member has been in that epoch.',
    remedy:
      'Compare the data with the other members: the highest currentEpoch wins an election, and the others drop what it lacks.',
    source: 'FastLeaderElection.totalOrderPredicate',
  },
  'epoch.without-data': {
    summary: 'currentEpoch was kept, but the data is gone.',
    cause: 'A directory wiped except for its epoch files, or a disk that is not mounted.',
    evidence: 'The file; neither snapshots nor logs.',
    remedy: 'Do not start it. Take both epoch files away with the data when a healthy majority has it.',
    source: 'FastLeaderElection.totalOrderPredicate',
  },
  'epoch.accepted-ahead': {
    summary: 'acceptedEpoch lies above what the other members can reach in one election.',
    cause: 'Failed elections; or the other members were wiped or restored.',
    evidence: 'The acceptedEpoch of all given members.',
    remedy: 'See whether the others lost data. Otherwise restart the leader while this member runs. Never lower it.',
    source: 'Learner.registerWithLeader, "Leaders epoch, … is less than accepted epoch, …"',
  },
  'epoch.leftover': {
    summary: 'A temporary file of an epoch file was left behind.',
    cause: 'A crash while it was written.',
    evidence: 'Its name.',
    remedy: 'None; it may be removed while the server is stopped.',
    source: 'AtomicFileOutputStream',
  },
}
