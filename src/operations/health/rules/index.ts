/* All rules of health check, the ensemble's first. */
import type { Rule } from '../rule.ts'
import { authFailures } from './auth-failures.ts'
import { avgLatency } from './avg-latency.ts'
import { blind } from './blind.ts'
import { certificateExpiry } from './certificate-expiry.ts'
import { clientConnections } from './client-connections.ts'
import { clockOffset } from './clock-offset.ts'
import { configDiffers } from './config-differs.ts'
import { digestMismatches } from './digest-mismatches.ts'
import { diskUsage } from './disk-usage.ts'
import { domainMajority } from './domain-majority.ts'
import { elections } from './elections.ts'
import { ephemeralsDiffer } from './ephemerals-differ.ts'
import { epochDiffers } from './epoch-differs.ts'
import { evenVoters } from './even-voters.ts'
import { fileDiffers } from './file-differs.ts'
import { fsyncMean } from './fsync-mean.ts'
import { fsyncSlow } from './fsync-slow.ts'
import { heap } from './heap.ts'
import { heapTree } from './heap-tree.ts'
import { jvmPause } from './jvm-pause.ts'
import { leaderChanged } from './leader-changed.ts'
import { leaderYoung } from './leader-young.ts'
import { learnersStuck } from './learners-stuck.ts'
import { memberDown } from './member-down.ts'
import { membersDiffer } from './members-differ.ts'
import { membersUnknown } from './members-unknown.ts'
import { noAnswer } from './no-answer.ts'
import { noLeader } from './no-leader.ts'
import { noQuorum } from './no-quorum.ts'
import { noSpare } from './no-spare.ts'
import { notServing } from './not-serving.ts'
import { openFiles } from './open-files.ts'
import { outstanding } from './outstanding.ts'
import { purge } from './purge.ts'
import { readLatency } from './read-latency.ts'
import { readOnly } from './read-only.ts'
import { rejectedConnections } from './rejected-connections.ts'
import { restartPending } from './restart-pending.ts'
import { restarted } from './restarted.ts'
import { roleDiffers } from './role-differs.ts'
import { sameId } from './same-id.ts'
import { sessionsCollapse } from './sessions-collapse.ts'
import { slowAnswer } from './slow-answer.ts'
import { snapshotAge } from './snapshot-age.ts'
import { snapshotErrors } from './snapshot-errors.ts'
import { standalone } from './standalone.ts'
import { swapped } from './swapped.ts'
import { twoLeaders } from './two-leaders.ts'
import { unrecoverableErrors } from './unrecoverable-errors.ts'
import { updateLatency } from './update-latency.ts'
import { versionsDiffer } from './versions-differ.ts'
import { watches } from './watches.ts'
import { wrongId } from './wrong-id.ts'
import { znodesDiffer } from './znodes-differ.ts'
import { zxidBack } from './zxid-back.ts'
import { zxidLag } from './zxid-lag.ts'
import { zxidRollover } from './zxid-rollover.ts'

export const RULES: readonly Rule[] = [
  noAnswer,
  noQuorum,
  noLeader,
  twoLeaders,
  noSpare,
  standalone,
  memberDown,
  notServing,
  readOnly,
  wrongId,
  sameId,
  roleDiffers,
  configDiffers,
  membersDiffer,
  membersUnknown,
  evenVoters,
  domainMajority,
  epochDiffers,
  zxidBack,
  zxidLag,
  zxidRollover,
  znodesDiffer,
  ephemeralsDiffer,
  learnersStuck,
  leaderChanged,
  leaderYoung,
  elections,
  restarted,
  sessionsCollapse,
  versionsDiffer,
  slowAnswer,
  avgLatency,
  updateLatency,
  readLatency,
  outstanding,
  fsyncMean,
  fsyncSlow,
  jvmPause,
  openFiles,
  diskUsage,
  purge,
  heap,
  heapTree,
  watches,
  swapped,
  clientConnections,
  certificateExpiry,
  clockOffset,
  fileDiffers,
  restartPending,
  rejectedConnections,
  authFailures,
  snapshotErrors,
  snapshotAge,
  digestMismatches,
  unrecoverableErrors,
  blind,
]
