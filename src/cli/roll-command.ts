import { rolledText } from '../render/roll.ts'
import type { Change, ChangeResult, PlanResult } from '../support/change.ts'
import { ChangeCommand } from './change-command.ts'
import { ExitCode } from './exit-codes.ts'

/** A command that restarts members one after the other. */
export abstract class RollCommand extends ChangeCommand {
  // the manifest looks at a command and at the class right above it only
  static override enableJsonFlag = true
  static override baseFlags = ChangeCommand.baseFlags

  protected async carryOut(
    change: Change,
    flags: { readonly 'dry-run': boolean; readonly execute: boolean },
  ): Promise<PlanResult | ChangeResult> {
    const result = await this.change(change, flags)
    const failed = 'verified' in result && result.verified.some(({ ok }) => ok === false)
    if (failed && result.outcome === 'done') process.exitCode = ExitCode.Findings
    this.print(rolledText(result, this.stdoutTerminal.style))
    return result
  }

  protected get context() {
    const { progress, signal } = this
    return { progress, signal }
  }
}
