import * as Flags from '@oclif/core/flags'
import { ACCEPT_LOSS, checkConfirmed } from '../../cli/accept-loss.ts'
import { ChangeCommand } from '../../cli/change-command.ts'
import { DOCTOR, DOCTOR_PLACE, doctorOptions, spelledOut } from '../../cli/doctor-flags.ts'
import { RUNNING, runningOptions } from '../../cli/live-flags.ts'
import { planRepair } from '../../operations/data-repair/repair.ts'
import type { ChangeResult, PlanResult } from '../../support/change.ts'

export default class DataRepair extends ChangeCommand {
  static override summary = 'Do what data doctor proposed, so that it can be undone.'
  static override description =
    'Carries out a remedy of the doctor, by its rank (--plan) or its code (--remedy); without either the first one. Files that keep a server from starting are moved away, logs are mended from their own proven records or patched from a peer, names are put right, and where nothing else helps the logs are cut at the last proven record, a broken chain gives way to one snapshot, or a member is emptied so that it resyncs. With --ensemble (or --connect) the running members are asked whether a quorum without this one has what it is to lose. What may lose transactions otherwise is refused until exactly their range is accepted (--accept-loss, --confirm). New files are written outside version-2 and the start of a server on them is simulated before anything is touched; old files stay in zkops-undo, and zkops data undo puts them back. Killed half-way, the same command finishes. Refused while a server has the directory.'
  static override examples = [
    { description: 'What would be done.', command: '<%= config.bin %> <%= command.id %> broken --dry-run' },
    {
      description: 'A remedy that the doctor printed, in a script.',
      command: '<%= config.bin %> <%= command.id %> broken --remedy log.header-short --execute',
    },
  ]
  static override args = { directory: DOCTOR_PLACE }
  static override flags = {
    ...DOCTOR,
    plan: Flags.integer({ summary: "The doctor's remedy of this rank.", min: 1, exclusive: ['remedy'] }),
    remedy: Flags.string({ summary: "The doctor's remedy of this code, e.g. log.mend.", helpValue: '<code>' }),
    ...RUNNING,
    ...ACCEPT_LOSS,
  }

  async run(): Promise<PlanResult | ChangeResult> {
    const { args, flags } = await this.parse(DataRepair, spelledOut(this.argv))
    const { change, typed } = await planRepair({
      ...doctorOptions(args.directory, flags),
      plan: flags.plan,
      remedy: flags.remedy,
      acceptLoss: flags['accept-loss'],
      live: runningOptions(flags),
      signal: this.signal,
      progress: this.progress,
    })
    if (typed !== null && change.refused === null) checkConfirmed(flags, typed)
    return this.change(change, flags, typed)
  }
}
