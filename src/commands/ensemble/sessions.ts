import * as Flags from '@oclif/core/flags'
import { ZkopsCommand } from '../../cli/base-command.ts'
import { CLIENTS, HEAVY } from '../../cli/client-flags.ts'
import { exitCodeOfMembers } from '../../cli/exit-codes.ts'
import { id64 } from '../../cli/flags.ts'
import { liveContext, liveOptions } from '../../cli/live-flags.ts'
import { type EnsembleSessions, ensembleSessions } from '../../operations/ensemble/clients/sessions.ts'
import { sessionsText } from '../../render/ensemble-sessions.ts'

export default class EnsembleSessionsCommand extends ZkopsCommand {
  static override summary = 'Show who holds what: sessions, their clients, and their ephemerals.'
  static override description =
    'Asks all members for their connections (AdminServer, or the word cons on the plain and the TLS client port): each session with its client, the member that it is connected with, its timeout and its last operation. With --path it tells whose ephemeral a znode is, a lock for example; that takes a client session, or --heavy. With --heavy one member, the leader if it tells, dumps all sessions and ephemerals (the word dump): then it is seen what each session holds, and which hold something though they are connected nowhere, and until when.'
  static override examples = [
    { description: 'By one address.', command: '<%= config.bin %> <%= command.id %> --connect zk1:2181' },
    { description: 'What each of them holds.', command: '<%= config.bin %> <%= command.id %> --heavy --top 5' },
    {
      description: 'Who holds it? For a script.',
      command: '<%= config.bin %> <%= command.id %> --path /zookeeper --json',
    },
  ]
  static override flags = {
    ...CLIENTS,
    heavy: HEAVY('Ask for ephemerals: the word dump, of one member.'),
    path: Flags.string({ summary: 'Only the session whose ephemeral this is.', helpValue: '<path>' }),
    session: id64({ summary: 'Only this session; with --heavy up to 1,000 of its ephemerals in JSON.' }),
    client: Flags.string({ summary: 'Only those of this address.', helpValue: '<address>' }),
  }

  async run(): Promise<EnsembleSessions> {
    const { flags } = await this.parse(EnsembleSessionsCommand)
    const { heavy = false, path, session, client, top } = flags
    const options = { ...liveOptions(flags), heavy, path, session, client, top }
    const result = await ensembleSessions(options, liveContext(this.signal))
    this.print(sessionsText(result, this.stdoutTerminal.style))
    process.exitCode = exitCodeOfMembers(result)
    if (result.members.some(({ state }) => state === 'down')) this.endSoon()
    return result
  }
}
