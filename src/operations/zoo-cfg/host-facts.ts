/* --detect: what this machine gives a server, from /proc and the cgroup; null where it does not say. */
import { readFileSync } from 'node:fs'
import { totalmem } from 'node:os'
import type { HostFacts } from '../../config/rules/facts.ts'

export function hostFacts(): HostFacts {
  const swapKib = /^SwapTotal:\s+(\d+) kB/m.exec(textOf('/proc/meminfo'))?.[1]
  return {
    ramBytes: Math.min(totalmem(), cgroupLimit() ?? Number.POSITIVE_INFINITY),
    swapBytes: Number(swapKib ?? 0) * 1024,
    swappiness: numberIn('/proc/sys/vm/swappiness'),
    openFiles: openFiles(),
  }
}

/** The memory limit of the control group, version 2 or 1. */
export function cgroupLimit(): number | undefined {
  return numberIn('/sys/fs/cgroup/memory.max') ?? numberIn('/sys/fs/cgroup/memory/memory.limit_in_bytes') ?? undefined
}

/** The hard limit: a service may raise its own to it. */
function openFiles(): number | null {
  const hard = /^Max open files\s+\S+\s+(\d+)/m.exec(textOf('/proc/self/limits'))?.[1]
  return hard === undefined ? null : Number(hard)
}

function numberIn(file: string): number | null {
  const text = textOf(file).trim()
  return /^\d+$/.test(text) ? Number(text) : null
}

export function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
