import * as Args from '@oclif/core/args'
import { ZkopsCommand } from '../cli/base-command.ts'

export default class Explain extends ZkopsCommand {
  static override summary = 'Explain a finding code.'
  static override args = { code: Args.string({ description: 'the code' }) }

  async run(): Promise<unknown> {
    const { args } = await this.parse(Explain)
    this.print(`${args.code}\n`)
    return { code: args.code }
  }
}
