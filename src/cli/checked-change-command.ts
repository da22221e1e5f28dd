import { prechecksText } from '../render/reconfig-change.ts'
import type { Change, ChangeResult, PlanResult } from '../support/change.ts'
import { ChangeCommand } from './change-command.ts'
import { ExitCode } from './exit-codes.ts'

type PreChecks = Parameters<typeof prechecksText>[0]

export interface Prepared {
  readonly change: Change
  readonly prechecks: PreChecks
  /** Keeps the plan for later. */
  readonly save: (file: string) => Promise<void>
}

export type CheckedResult = (PlanResult | ChangeResult) & { readonly prechecks: PreChecks }

/** A change to a live ensemble: what was looked at before comes first, and what does not hold afterwards is a finding. */
export abstract class CheckedChangeCommand extends ChangeCommand {
  // the manifest looks two classes up, and no further
  static override enableJsonFlag = true

  /** `output`: where the plan goes instead of being carried out. */
  protected async carryOut(
    { change, prechecks, save }: Prepared,
    flags: { readonly 'dry-run': boolean; readonly execute: boolean; readonly output?: string | undefined },
  ): Promise<CheckedResult> {
    this.print(prechecksText(prechecks, this.stdoutTerminal.style))
    const { output } = flags
    const result = await this.change(change, output === undefined ? flags : { 'dry-run': true, execute: false })
    if (output !== undefined && change.refused === null) await save(output)
    const failed = 'verified' in result && result.verified.some(({ ok }) => ok === false)
    if (failed) process.exitCode = ExitCode.Findings
    return { ...result, prechecks }
  }
}
