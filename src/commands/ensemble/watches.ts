import * as Flags from '@oclif/core/flags'
import { ZkopsCommand } from '../../cli/base-command.ts'
import { CLIENTS, HEAVY } from '../../cli/client-flags.ts'
import { exitCodeOfMembers } from '../../cli/exit-codes.ts'
import { liveOptions } from '../../cli/live-flags.ts'
import { type EnsembleWatches, ensembleWatches } from '../../operations/ensemble/clients/watches.ts'
import { watchesText } from '../../render/ensemble-watches.ts'

export default class EnsembleWatchesCommand extends ZkopsCommand {
  static override summary = 'Show how many watches there are, how many one change tells, and who watches what.'
  static override description =
    'Asks all members how many watches they have (AdminServer, or the words wchs and mntr) and, from 3.6 on, how many were told of one change. With --heavy every member lists them (the word wchp): which paths are watched by most sessions, and which sessions have most watches. Servers list watches for data and existence only; those for children are a number, not a list, so who watches a parent is not seen. A path is counted once for a session, however many watchers of one process wait there.'
  static override examples = [
    { description: 'By one address.', command: '<%= config.bin %> <%= command.id %> --connect zk1:2181' },
    { description: 'The paths that are watched most.', command: '<%= config.bin %> <%= command.id %> --heavy --top 5' },
    {
      description: 'Who watches it? For a script.',
      command: '<%= config.bin %> <%= command.id %> --heavy --path /zookeeper --json',
    },
  ]
  static override flags = {
    ...CLIENTS,
    heavy: HEAVY('List them: the word wchp, of every member.'),
    path: Flags.string({
      summary: 'Only watches of this znode; needs --heavy.',
      helpValue: '<path>',
      dependsOn: ['heavy'],
    }),
  }

  async run(): Promise<EnsembleWatches> {
    const { flags } = await this.parse(EnsembleWatchesCommand)
    const { heavy = false, path, top } = flags
    const result = await ensembleWatches({ ...liveOptions(flags), heavy, path, top }, this.signal)
    this.print(watchesText(result, this.stdoutTerminal.style))
    process.exitCode = exitCodeOfMembers(result)
    if (result.members.some(({ state }) => state === 'down')) this.endSoon()
    return result
  }
}
