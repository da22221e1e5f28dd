/* What lies under a directory: its file system and disk, from /proc and /sys; null where they do not say. */
import { readFileSync, statfsSync, statSync } from 'node:fs'
import type { DirectoryFacts } from '../../config/rules/facts.ts'

export interface Mount {
  readonly point: string
  readonly kind: string
  readonly options: readonly string[]
}

export function readMounts(): readonly Mount[] {
  try {
    const lines = readFileSync('/proc/self/mounts', 'utf8').trim().split('\n')
    return lines.map((line) => {
      const [, point = '', kind = '', options = ''] = line.split(' ')
      return { point: point.replaceAll('\\040', ' '), kind, options: options.split(',') }
    })
  } catch {
    return []
  }
}

export type DeviceFacts = Pick<DirectoryFacts, 'freeBytes' | 'fileSystem' | 'mountOptions' | 'rotational'> & {
  readonly device: number
}

/** Of an absolute path that exists; throws the system's error. */
export function deviceFacts(place: string, mounts: readonly Mount[]): DeviceFacts {
  const { dev } = statSync(place)
  const { bavail, bsize } = statfsSync(place)
  const mount = mounts
    .filter(({ point }) => place === point || place.startsWith(point === '/' ? '/' : `${point}/`))
    .sort((a, b) => b.point.length - a.point.length)[0]
  return {
    device: dev,
    freeBytes: bavail * bsize,
    fileSystem: mount?.kind ?? null,
    mountOptions: mount?.options ?? [],
    rotational: isRotational(dev),
  }
}

/** What the kernel says about the disk, or the one that a partition is on. */
function isRotational(device: number): boolean | null {
  for (const above of ['', '/..']) {
    try {
      return readFileSync(`/sys/dev/block/${deviceNumbers(device)}${above}/queue/rotational`, 'utf8').trim() === '1'
    } catch {
      // a partition has no queue of its own
    }
  }
  return null
}

/** `major:minor`, as the kernel names a device. */
export function deviceNumbers(device: number): string {
  return `${(device >> 8) & 0xfff}:${(device & 0xff) | ((device >> 12) & 0xfff00)}`
}
