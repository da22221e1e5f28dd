import * as Flags from '@oclif/core/flags'
import { changeText, planText } from '../render/plan.ts'
import type { Change, ChangeResult, PlanResult } from '../support/change.ts'
import { ZkopsCommand } from './base-command.ts'
import { confirmed } from './confirm.ts'
import { ExitCode } from './exit-codes.ts'

/**
 * A command that changes something: shows its plan, asks on a terminal, does nothing without one unless --execute is
 * given, and says what it did and verified.
 */
export abstract class ChangeCommand extends ZkopsCommand {
  static override baseFlags = {
    ...ZkopsCommand.baseFlags,
    'dry-run': Flags.boolean({ summary: 'Stop after the plan.', helpGroup: 'CHANGE' }),
    execute: Flags.boolean({ summary: 'Carry the plan out without asking.', helpGroup: 'CHANGE' }),
  }

  /** Shows the plan, has it confirmed and carries it out; sets the exit code. `typed`: what proves that it is meant. */
  protected async change(
    change: Change,
    flags: { readonly 'dry-run': boolean; readonly execute: boolean },
    typed: string | null = null,
  ): Promise<PlanResult | ChangeResult> {
    const { plan, refused, findings } = change
    const planned: PlanResult = { plan, refused, findings }
    const { style } = this.stdoutTerminal
    this.print(planText(planned, style))
    const nothing = { stepsDone: 0, verified: [], journal: null, undo: null }
    if (refused !== null) {
      process.exitCode = ExitCode.Refused
      return flags.execute ? { ...planned, outcome: 'refused', ...nothing } : planned
    }
    if (flags['dry-run']) return planned
    if (plan.steps.length === 0) return { ...planned, outcome: 'nothing', ...nothing }
    if (!flags.execute && !(await this.confirm(typed))) {
      process.exitCode = ExitCode.Refused
      return planned
    }
    const applied = await change.apply()
    const stopped = applied.stopped !== undefined
    const result: ChangeResult = { ...planned, outcome: stopped ? 'stopped' : 'done', ...applied }
    process.exitCode = stopped ? ExitCode.Stopped : ExitCode.Ok
    this.print(changeText(result, style))
    return result
  }

  private async confirm(typed: string | null): Promise<boolean> {
    if (this.jsonEnabled() || !process.stdin.isTTY || !process.stderr.isTTY) {
      this.note('Nothing was changed: without a terminal to ask, --execute is needed.')
      return false
    }
    this.output.flush()
    const yes = await confirmed(typed, this.signal)
    if (!yes) this.note('Nothing was changed.')
    return yes
  }
}
