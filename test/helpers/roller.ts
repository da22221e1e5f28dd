import { zkops } from './cli.ts'
import type { TestEnsemble } from './ensemble.ts'
import { expectValid } from './schema.ts'

export interface Rolled {
  readonly exitCode: number | null
  readonly signal: NodeJS.Signals | null
  readonly text: string
  readonly result: {
    readonly plan: {
      readonly steps: readonly { readonly target: string; readonly detail: string }[]
      readonly undo: string
    }
    readonly refused: { readonly code: string; readonly why: string } | null
    readonly outcome?: string
    readonly stepsDone?: number
    readonly undo?: string | null
    readonly stopped?: { readonly code: string; readonly why: string }
    readonly members?: readonly { readonly id: number; readonly state: string; readonly readyMs: number }[]
    readonly timing?: { readonly totalMs: number; readonly waitedMs: number; readonly waitedShare: number }
    readonly verified?: readonly { readonly check: string; readonly ok: boolean | null; readonly detail: string }[]
    readonly findings: readonly { readonly code: string }[]
    readonly changes?: readonly {
      readonly steps: readonly { readonly state: string }[]
      readonly failure: string | null
    }[]
    readonly files?: readonly { readonly id: number; readonly lines: readonly { readonly text: string }[] }[]
    readonly error?: { readonly code: string }
  }
}

export interface RollerOptions {
  readonly env?: Readonly<Record<string, string>>
  readonly nodeArgs?: readonly string[]
  /** How to name the ensemble; its connect string without it. */
  readonly access?: readonly string[]
}

/** `zkops roll …` on a real ensemble; every result is held against its schema. */
export async function roll(
  ensemble: TestEnsemble,
  args: readonly string[],
  options: RollerOptions = {},
): Promise<Rolled> {
  const { access = ['--connect', ensemble.connect], ...rest } = options
  const { exitCode, signal, stdout, stderr } = await zkops(['roll', ...args, ...access, '--json'], rest)
  const text = `${stderr}${stdout}`
  const result = stdout === '' ? {} : JSON.parse(stdout)
  if (stdout !== '' && result.error === undefined) await expectValid(`roll-${args[0]}`, result)
  return { exitCode, signal, text, result }
}

/** Pids by id; null where it does not run. */
export async function pids(ensemble: TestEnsemble): Promise<readonly (number | null)[]> {
  return (await ensemble.observe()).servers.map(({ pid }) => pid)
}

export async function idOfState(ensemble: TestEnsemble, state: string): Promise<number> {
  const found = (await ensemble.observe()).servers.find((server) => server.state === state)
  if (found === undefined) throw new Error(`none of ${ensemble.connect} is ${state}`)
  return found.id
}
