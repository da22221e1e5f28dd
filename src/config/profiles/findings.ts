import type { Finding, FindingCatalogue } from '../../support/finding.ts'
import { heapSize, mib } from './sizing.ts'
import { isLogDeviceSmall, logSpaceOf, type SpaceInputs } from './space.ts'
import type { Places } from './values.ts'

export const DETECT_FINDINGS: FindingCatalogue = {
  'detect.swap': {
    summary: 'The machine may swap the server out.',
    cause:
      'There is swap, and vm.swappiness is above 1. A collection of garbage that meets swapped pages takes seconds.',
    evidence: 'Size of the swap and swappiness.',
    remedy: 'Turn swap off, or set vm.swappiness=1.',
    source: 'administration guide: do not swap',
  },
  'detect.huge-pages': {
    summary: 'Transparent huge pages are always on.',
    cause: 'The kernel joins pages while the server waits.',
    evidence: '/sys/kernel/mm/transparent_hugepage/enabled.',
    remedy: 'Set it to madvise or never.',
    source: 'zkops config detect',
  },
  'detect.open-files': {
    summary: 'Few files may be open.',
    cause: 'The limit of open files is below 8192; each connection is one.',
    evidence: 'The hard limit of this process.',
    remedy: 'Raise it; the generated systemd unit does.',
    source: 'zkops config profiles',
  },
  'detect.fsync-slow': {
    summary: 'The device is slow to make writes safe.',
    cause:
      '99 of 100 appends with fdatasync take longer than 20 ms to be safe (100 ms: an error). Every write waits for one.',
    evidence: 'Percentiles.',
    remedy: 'Use an SSD with power-loss protection that nobody else uses.',
    source: 'FileTxnLog, "fsync-ing the write ahead log"',
  },
}

export const GENERATE_FINDINGS: FindingCatalogue = {
  'generate.log-device-unknown': {
    summary: 'Nobody said what dataLogDir lies on.',
    cause: 'The profile asks for a device of its own; neither --log-device nor --detect told what it is.',
    evidence: 'The directory, and what the profile asks for.',
    remedy: 'Say it with --log-device, or run with --detect on the member itself.',
    source: 'deployment guide: a dedicated transaction log device',
  },
  'generate.log-device-shared': {
    summary: 'Transaction logs would share a device.',
    cause: 'dataLogDir lies in or on the same device as dataDir, or --log-device says shared.',
    evidence: 'The directories.',
    remedy: 'Give dataLogDir a device of its own; a partition of a shared one is not enough.',
    source: 'deployment guide: a dedicated transaction log device',
  },
  'generate.log-device-slow': {
    summary: 'Transaction logs would lie on a slow device.',
    cause: 'A spinning disk or a network disk; every write waits for an fsync there.',
    evidence: 'The directory and the kind of device.',
    remedy: 'Use an SSD with power-loss protection in the machine itself.',
    source: 'deployment guide; configuration parameters, dataLogDir',
  },
  'generate.log-device-small': {
    summary: 'The device of the transaction logs is too small for them.',
    cause:
      'It holds less than twice what logs take between purges. That follows from the write rate, preAllocSize, snapCount and how many snapshots are kept. A server that cannot write its log exits.',
    evidence: 'What the device holds, and what logs take.',
    remedy: 'Use a larger device, purge more often, or make logs shorter: --set snapCount=… or preAllocSize=….',
    source: 'PurgeTxnLog and FilePadding: what stays, and how logs grow',
  },
  'generate.far-apart': {
    summary: 'Voters are far from each other.',
    cause: 'Every write waits for one round trip to the nearest majority, and a new leader for several.',
    evidence: 'The round trip that --round-trip states; up to 10 ms nobody notices.',
    remedy: 'Keep voters near each other, and put observers where clients are: the profile cross-dc.',
    source: 'Leader.propose: a majority acknowledges before a write is committed',
  },
  'generate.heap-short': {
    summary: 'The data do not fit into the memory.',
    cause: 'Twice what the data hold in memory is more heap than the machine can give.',
    evidence: 'Both sizes.',
    remedy: 'Use more memory (--ram), or hold less data.',
    source: 'zkops config generate',
  },
  'generate.small-machine': {
    summary: 'The machine is smaller than the profile asks for.',
    cause: 'Less memory or fewer cores than the profile is made for.',
    evidence: 'What there is and what the profile asks for.',
    remedy: 'Take a smaller profile, or a larger machine.',
    source: 'zkops config profiles',
  },
}

/** Round trips that nobody notices. */
const NEAR_MS = 10

export function generateFindings(inputs: SpaceInputs, places: Places): readonly Finding[] {
  return [...deviceFindings(inputs, places), ...machineFindings(inputs)]
}

function* deviceFindings(inputs: SpaceInputs, { dataDir, logDir }: Places): Generator<Finding> {
  if (logDir === null) return
  const { logDevice, logDeviceBytes } = inputs.facts
  const wanted = inputs.profile.logDevice
  if (isLogDeviceSmall(inputs)) {
    const neededBytes = 2 * logSpaceOf(inputs)
    const message = `the device of ${logDir} holds ${mib(logDeviceBytes!)}, and logs want ${mib(neededBytes)}`
    yield finding('generate.log-device-small', 'warning', message, { dataLogDir: logDir, logDeviceBytes, neededBytes })
  }
  if (wanted === 'any' || wanted === 'none') return
  const evidence = { dataDir, dataLogDir: logDir, device: logDevice, wanted }
  const one = (code: string, severity: Finding['severity'], message: string) =>
    finding(code, severity, message, evidence)
  if (logDevice === 'shared' || `${logDir}/`.startsWith(`${dataDir}/`) || `${dataDir}/`.startsWith(`${logDir}/`)) {
    yield one(
      'generate.log-device-shared',
      'warning',
      `${logDir} shares its device, and the profile asks for one alone`,
    )
  } else if (logDevice === 'hdd' || logDevice === 'network') {
    const kind = logDevice === 'hdd' ? 'a spinning disk' : 'a network disk'
    yield one('generate.log-device-slow', 'warning', `${logDir} lies on ${kind}`)
  } else if (logDevice === null) {
    yield one('generate.log-device-unknown', 'info', `what ${logDir} lies on is not known`)
  }
}

function* machineFindings({ profile, facts }: SpaceInputs): Generator<Finding> {
  const { wantedBytes, value } = heapSize(profile, facts)
  if (wantedBytes !== null) {
    const message = `the data want a heap of ${mib(wantedBytes)}, and ${mib(value)} fit`
    yield finding('generate.heap-short', 'warning', message, { wantedBytes, heapBytes: value })
  }
  const { ramBytes, cores } = facts
  // 8 GB that are sold are a little less for the system
  if (ramBytes !== null && ramBytes < 0.9 * profile.ramBytes) {
    const message = `${mib(ramBytes)} of memory, and the profile asks for ${mib(profile.ramBytes)}`
    yield finding('generate.small-machine', 'warning', message, { ramBytes, wantedBytes: profile.ramBytes })
  }
  if (cores !== null && cores < profile.cores) {
    const message = `${cores} cores, and the profile asks for ${profile.cores}`
    yield finding('generate.small-machine', 'warning', message, { cores, wanted: profile.cores })
  }
  const { roundTripMs } = facts
  // who sets this has thought of lines between sites
  const isForLongLines = profile.settings['leader.maxTimeToWaitForEpoch'] !== undefined
  if (roundTripMs !== null && roundTripMs > NEAR_MS && !isForLongLines) {
    const message = `every write waits for a round trip of ${roundTripMs} ms to the nearest majority`
    yield finding('generate.far-apart', 'warning', message, { roundTripMs, nearMs: NEAR_MS })
  }
}

/** With the remedy of its catalogue. */
export function finding(
  code: string,
  severity: Finding['severity'],
  message: string,
  evidence: Readonly<Record<string, unknown>>,
): Finding {
  const { remedy } = (GENERATE_FINDINGS[code] ?? DETECT_FINDINGS[code])!
  return { code, severity, message, evidence, remedy }
}
