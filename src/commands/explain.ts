import * as Args from '@oclif/core/args'
import { ZkopsCommand } from '../cli/base-command.ts'
import { type Explanation, explain, listExplanations } from '../operations/explain.ts'
import { explanationList, explanationText } from '../render/explain.ts'

export default class Explain extends ZkopsCommand {
  static override summary = 'Explain a finding code: cause, evidence, remedy, source.'
  static override description =
    'Every finding that zkops prints carries a code such as log.torn-tail. This tells how such a thing comes about, what zkops saw, what to do about it, and where the rule comes from. Without a code it lists all of them.'
  static override examples = [
    { description: 'What a torn tail is.', command: '<%= config.bin %> explain log.torn-tail' },
    { description: 'All codes.', command: '<%= config.bin %> explain' },
  ]
  static override args = { code: Args.string({ description: 'a finding code' }) }

  async run(): Promise<Explanation | { codes: readonly Explanation[] }> {
    const { args } = await this.parse(Explain)
    if (args.code === undefined) {
      const codes = await listExplanations()
      this.print(explanationList(codes))
      return { codes }
    }
    const explanation = await explain(args.code)
    this.print(explanationText(explanation, this.stdoutTerminal.style))
    return explanation
  }
}
