import * as Args from '@oclif/core/args'
import { ZkopsCommand } from '../cli/base-command.ts'
import { findSchema, listSchemas } from '../operations/schema.ts'
import { jsonText } from '../render/json.ts'

export default class Schema extends ZkopsCommand {
  static override summary = "Print the JSON Schema of a command's result."
  static override description =
    'Scripts, dashboards and checks can rely on these: fields may be added, none is renamed, retyped or dropped. Without a name it lists all schemas.'
  static override examples = [
    { description: 'What log verify --json prints.', command: '<%= config.bin %> schema log verify' },
    { description: 'All names.', command: '<%= config.bin %> schema' },
  ]
  static override strict = false
  static override args = { name: Args.string({ description: 'a command, or finding or error' }) }

  async run(): Promise<object> {
    const { argv } = await this.parse(Schema)
    if (argv.length === 0) {
      const schemas = listSchemas()
      this.print(`${schemas.join('\n')}\n`)
      return { schemas }
    }
    const schema = await findSchema(argv as string[])
    this.print(jsonText(schema))
    return schema
  }
}
