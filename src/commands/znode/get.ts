import * as Flags from '@oclif/core/flags'
import { ZkopsCommand } from '../../cli/base-command.ts'
import { liveContext, liveOptions } from '../../cli/live-flags.ts'
import { ZNODE, ZNODE_FLAGS } from '../../cli/znode-flags.ts'
import { getZnode } from '../../operations/znode/list.ts'
import { shownValue, valueJson } from '../../render/znode-value.ts'

export default class ZnodeGet extends ZkopsCommand {
  static override summary = 'Print the value of a znode of a live ensemble.'
  static override description =
    'To a file or a pipe the bytes go exactly as they are, nothing added; on a terminal control characters are escaped and binary data is shown as hexadecimal. Null data prints nothing, and stderr says so. Reads only.'
  static override examples = [
    {
      description: 'The members, as the ensemble knows them.',
      command: '<%= config.bin %> <%= command.id %> /zookeeper/config --connect zk1:2181',
    },
    { description: 'What it is.', command: '<%= config.bin %> <%= command.id %> /zookeeper/config --decode --sync' },
  ]
  static override args = { znode: ZNODE }
  static override flags = { decode: Flags.boolean({ summary: 'Show what the value is.' }), ...ZNODE_FLAGS }

  async run(): Promise<object> {
    const { args, flags } = await this.parse(ZnodeGet)
    const request = { path: args.znode, sync: flags.sync, decode: flags.decode }
    const found = await getZnode(liveOptions(flags), liveContext(this.signal), request)
    if (flags.decode || this.stdoutTerminal.isTTY) this.print(shownValue(found.value))
    else if (found.value.bytes === null) this.note('The value is null.')
    else if (!this.jsonEnabled()) this.output.write(found.value.bytes)
    if (!this.jsonEnabled()) this.reportBehind(found.findings)
    return valueJson(found.value, found)
  }
}
