import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { ZkopsCommand } from '../../cli/base-command.ts'
import { ExitCode } from '../../cli/exit-codes.ts'
import { listsOf } from '../../cli/list-flag.ts'
import { type SimulateResult, simulateQuorum } from '../../operations/quorum/simulate.ts'
import { simulationText } from '../../render/quorum-simulate.ts'

export default class QuorumSimulate extends ZkopsCommand {
  static override summary = 'Check a change of members against every loss, without a server.'
  static override description =
    'Says whether a plan can go wrong, and if so how, in words: two leaders at once, acknowledged writes lost, or an ensemble that stops because one more member is lost. Each step is taken apart into the moments that it can be in. Memberships are lists of ids, of server lines, of groups and weights (group.1=1:2:3, weight.3=0); 4:observer does not vote. How they follow each other says --method: by files edited on one member after the other, or by reconfig. A plan file holds a step a line (now, down, reconfig, files, restart, stop, start, start-empty), or is one that zkops saved. By default one loss has to be survived, or none when the ensemble survives none to begin with. Exit code 1 when it is unsafe.'
  static override examples = [
    {
      description: 'Why three members do not become five at once by editing files.',
      command: '<%= config.bin %> <%= command.id %> --servers 1,2,3 --servers 1,2,3,4,5',
    },
    {
      description: 'One after the other.',
      command: '<%= config.bin %> <%= command.id %> --servers 1,2,3 --servers 1,2,3,4 --servers 1,2,3,4,5 --json',
    },
    {
      description: 'A fourth member that does not run.',
      command: '<%= config.bin %> <%= command.id %> --method reconfig --servers 1=zk1,2=zk2,3=zk3 1,2,3,4=zk4 --down 4',
    },
    { description: 'A plan.', command: '<%= config.bin %> <%= command.id %> grow.plan' },
  ]
  static override args = { file: Args.string({ description: 'a plan', ignoreStdin: true }) }
  static override flags = {
    servers: Flags.string({
      summary: 'A membership, entries separated by commas; given twice or more: from, …, to.',
      helpValue: '<list>',
      multiple: true,
    }),
    method: Flags.option({
      summary: 'How the memberships of a list are reached.',
      options: ['files', 'reconfig'] as const,
      default: 'files' as const,
    })(),
    down: Flags.string({ summary: 'Ids of members that do not run.', helpValue: '<ids>', multiple: true }),
    failures: Flags.integer({ summary: 'How many losses at once have to be survived.', min: 0, max: 20 }),
    'empty-disks': Flags.boolean({ summary: 'Whoever is lost comes back with an empty disk.' }),
  }

  async run(): Promise<SimulateResult> {
    const { args, flags } = await this.parse(QuorumSimulate)
    const result = await simulateQuorum({
      ...flags,
      plan: args.file,
      servers: listsOf(this.argv, '--servers'),
      down: flags.down?.join(',') ?? '',
      emptyReturns: flags['empty-disks'],
    })
    this.print(simulationText(result, this.stdoutTerminal.style))
    process.exitCode = result.safe ? ExitCode.Ok : ExitCode.Findings
    return result
  }
}
