import * as Flags from '@oclif/core/flags'
import { ZkopsCommand } from '../../cli/base-command.ts'
import { lookOf, TREE, TREE_PATH, TREE_PLACE, treeExitCode } from '../../cli/tree-flags.ts'
import { lookInto } from '../../operations/look-into/look.ts'
import { valueAt } from '../../operations/look-into/value.ts'
import { shownValue, valueJson } from '../../render/znode-value.ts'

export default class SnapshotCat extends ZkopsCommand {
  static override summary = 'Print the value of a znode, without a server.'
  static override description =
    'To a file or a pipe the bytes go exactly as they are, nothing added; on a terminal control characters are escaped and binary data is shown as hexadecimal. The value is read from the snapshot or log that it lies in: place first, then path; --at tells the moment. Null data prints nothing, and stderr says so.'
  static override examples = [
    { description: 'Save a value.', command: '<%= config.bin %> <%= command.id %> version-2 /app | wc -c' },
    {
      description: 'What it is, as it was behind a transaction.',
      command: '<%= config.bin %> <%= command.id %> version-2 /zookeeper/config --decode --at 0x188',
    },
  ]
  static override args = { place: TREE_PLACE, path: TREE_PATH }
  static override flags = { decode: Flags.boolean({ summary: 'Show what the value is.' }), ...TREE }

  async run(): Promise<object> {
    const { args, flags } = await this.parse(SnapshotCat)
    const { signal, progress } = this
    const { path, ...tree } = lookOf(args, flags)
    const look = await lookInto({ ...tree, signal, progress })
    const value = await valueAt(look, path, flags.decode, signal)
    if (flags.decode || this.stdoutTerminal.isTTY) this.print(shownValue(value))
    else if (value.bytes === null) this.note('The value is null.')
    else if (!this.jsonEnabled()) this.output.write(value.bytes)
    if (!this.jsonEnabled()) this.reportBehind(look.findings)
    process.exitCode = treeExitCode(look.findings)
    return valueJson(value, look)
  }
}
