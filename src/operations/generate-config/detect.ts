/* config detect: what this machine gives a server. Read from /proc and /sys; no program is started. */
import { existsSync, readdirSync, readFileSync, realpathSync, statfsSync } from 'node:fs'
import { availableParallelism, totalmem } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import type { LogDevice, SizingFacts } from '../../config/profiles/facts.ts'
import { finding } from '../../config/profiles/findings.ts'
import { NETWORK_KINDS } from '../../config/rules/network-file-system.ts'
import type { Finding } from '../../support/finding.ts'
import { deviceFacts, deviceNumbers, readMounts } from '../zoo-cfg/devices.ts'
import { cgroupLimit, hostFacts, textOf } from '../zoo-cfg/host-facts.ts'
import { type FsyncLatency, probeFsync } from './probe-fsync.ts'

export interface BlockDevice {
  readonly name: string
  readonly rotational: boolean | null
  readonly bytes: number | null
  readonly mounts: readonly string[]
}

export interface DetectResult {
  readonly ramBytes: number
  /** The limit of the control group, when it is below the memory. */
  readonly cgroupBytes: number | null
  /** That may be used. */
  readonly cores: number
  readonly devices: readonly BlockDevice[]
  readonly swapBytes: number
  readonly swappiness: number | null
  /** `always`, `madvise` or `never`. */
  readonly hugePages: string | null
  readonly openFiles: number | null
  /** Null: nobody says. */
  readonly clockSynchronized: boolean | null
  readonly java: { readonly path: string; readonly version: string | null } | null
  readonly fsync: FsyncLatency | null
  readonly findings: readonly Finding[]
}

/** `probe`: the directory to measure fsync in. Throws `input.*` for that one only. */
export async function detect(probe: string | undefined, signal: AbortSignal): Promise<DetectResult> {
  const { swapBytes, swappiness, openFiles } = hostFacts()
  const ramBytes = totalmem()
  const cgroup = cgroupLimit() ?? ramBytes
  const seen = {
    ...{ ramBytes, cgroupBytes: cgroup < ramBytes ? cgroup : null, cores: usableCores(), devices: blockDevices() },
    ...{ swapBytes, swappiness, openFiles },
    hugePages: /\[(\w+)\]/.exec(textOf('/sys/kernel/mm/transparent_hugepage/enabled'))?.[1] ?? null,
    // systemd-timesyncd makes this file; other services have no such mark
    clockSynchronized: existsSync('/run/systemd/timesync/synchronized') ? true : null,
    java: javaHere(),
    fsync: probe === undefined ? null : await probeFsync(probe, signal),
  }
  return { ...seen, findings: [...detectFindings(seen)] }
}

/** What generate --detect takes from this machine, where flags do not say it. */
export function detectedFacts(facts: SizingFacts, dataDir: string, logDir: string | null): SizingFacts {
  return {
    ...facts,
    ramBytes: facts.ramBytes ?? hostFacts().ramBytes,
    cores: facts.cores ?? usableCores(),
    logDevice: facts.logDevice ?? logDeviceOf(dataDir, logDir ?? dataDir),
    logDeviceBytes: facts.logDeviceBytes ?? deviceBytes(logDir ?? dataDir),
  }
}

/** Directories that do not exist yet will lie where the nearest one above them does. */
export function logDeviceOf(dataDir: string, logDir: string): LogDevice | null {
  const mounts = readMounts()
  const [data, log] = [deviceFacts(existing(dataDir), mounts), deviceFacts(existing(logDir), mounts)]
  if (log.fileSystem !== null && NETWORK_KINDS.test(log.fileSystem)) return 'network'
  if (data.device === log.device || diskOf(data.device) === diskOf(log.device)) return 'shared'
  if (log.rotational === null) return null
  if (log.rotational) return 'hdd'
  return diskOf(log.device).startsWith('nvme') ? 'nvme' : 'ssd'
}

/** What the file system holds that a directory lies on, or will lie on. */
function deviceBytes(directory: string): number {
  const { blocks, bsize } = statfsSync(existing(directory))
  return blocks * bsize
}

function existing(path: string): string {
  let place = path
  while (!existsSync(place) && place !== dirname(place)) place = dirname(place)
  return place
}

/** The disk that a device is, or is a partition of. */
function diskOf(device: number): string {
  const numbers = deviceNumbers(device)
  try {
    // …/block/sda/sda1 or …/block/sda
    return /\/block\/([^/]+)/.exec(realpathSync(`/sys/dev/block/${numbers}`))?.[1] ?? numbers
  } catch {
    return numbers
  }
}

/** As a control group limits them: cpu.max, or version 1's quota and period. */
function usableCores(): number {
  const [quota, period] = textOf('/sys/fs/cgroup/cpu.max').split(/\s+/).map(Number)
  const old = ['quota', 'period'].map((name) => Number(textOf(`/sys/fs/cgroup/cpu/cpu.cfs_${name}_us`)))
  const limits = [quota! / period!, old[0]! / old[1]!].filter((cores) => Number.isFinite(cores) && cores > 0)
  return Math.max(1, Math.floor(Math.min(availableParallelism(), ...limits)))
}

function blockDevices(): readonly BlockDevice[] {
  const mounted = new Map<string, string[]>()
  for (const line of textOf('/proc/self/mountinfo').split('\n')) {
    const [, , numbers, , point] = line.split(' ')
    if (numbers === undefined || point === undefined) continue
    mounted.set(numbers, [...(mounted.get(numbers) ?? []), point.replaceAll('\\040', ' ')])
  }
  return namesIn('/sys/block').flatMap((name) => {
    const place = `/sys/block/${name}`
    const sectors = Number(textOf(`${place}/size`))
    const parts = [place, ...namesIn(place).map((part) => `${place}/${part}`)].map((part) =>
      textOf(`${part}/dev`).trim(),
    )
    const mounts = [...new Set(parts.flatMap((numbers) => mounted.get(numbers) ?? []))]
    // loops without a file, and such
    if (sectors === 0 && mounts.length === 0) return []
    const rotational = textOf(`${place}/queue/rotational`).trim()
    return [{ name, rotational: rotational === '' ? null : rotational === '1', bytes: sectors * 512, mounts }]
  })
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort()
  } catch {
    return []
  }
}

/** The Java that a server would be started with, and what its `release` file says. */
function javaHere(): DetectResult['java'] {
  const homes = process.env.JAVA_HOME ? [join(process.env.JAVA_HOME, 'bin')] : []
  const folders = [...homes, ...(process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '')]
  const path = folders.map((folder) => join(folder, 'java')).find((file) => existsSync(file))
  if (path === undefined) return null
  try {
    const release = readFileSync(join(dirname(realpathSync(path)), '../release'), 'utf8')
    return { path, version: /^JAVA_VERSION="([^"]*)"/m.exec(release)?.[1] ?? null }
  } catch {
    return { path, version: null }
  }
}

const SLOW_MS = 20
const VERY_SLOW_MS = 100
const FEW_FILES = 8192

function* detectFindings(seen: Omit<DetectResult, 'findings'>): Generator<Finding> {
  const { swapBytes, swappiness, hugePages, openFiles, fsync } = seen
  if (swapBytes > 0 && (swappiness ?? 60) > 1)
    yield finding('detect.swap', 'warning', `there is swap, and vm.swappiness is ${swappiness}`, {
      swapBytes,
      swappiness,
    })
  if (hugePages === 'always')
    yield finding('detect.huge-pages', 'info', 'transparent huge pages are always on', { hugePages })
  if (openFiles !== null && openFiles < FEW_FILES)
    yield finding('detect.open-files', 'info', `${openFiles} files may be open`, { openFiles })
  if (fsync !== null && fsync.p99Ms > SLOW_MS) {
    const severity = fsync.p99Ms > VERY_SLOW_MS ? 'error' : 'warning'
    const { directory, p50Ms, p99Ms } = fsync
    yield finding(
      'detect.fsync-slow',
      severity,
      `1 of 100 appends in ${directory} takes ${p99Ms} ms or more to be safe`,
      {
        p50Ms,
        p99Ms,
      },
    )
  }
}
