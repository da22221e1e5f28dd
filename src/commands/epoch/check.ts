import { ExitCode } from '../../cli/exit-codes.ts'
import type { EpochResult } from '../../operations/epoch/inspect.ts'
import EpochShow from './show.ts'

export default class EpochCheck extends EpochShow {
  static override summary = 'Check the epoch files of members; exit 1 when something is wrong.'
  static override description =
    'The same look as epoch show, for scripts and before a start: exit 0 when every member starts with its epoch files and none stands out, 1 when one refuses or is suspicious.'
  static override examples = [
    { description: 'One directory.', command: '<%= config.bin %> <%= command.id %> version-2' },
    {
      description: 'All members, their findings for a script.',
      command: '<%= config.bin %> <%= command.id %> --json members/1 members/2',
    },
  ]

  override async run(): Promise<EpochResult> {
    const result = await super.run()
    const wrong = result.directories.some(({ verdict }) => verdict !== 'consistent')
    process.exitCode = wrong ? ExitCode.Findings : ExitCode.Ok
    return result
  }
}
