import * as Args from '@oclif/core/args'
import type { Command } from '@oclif/core/command'
import type { Progress } from '../support/progress.ts'
import { ZkopsCommand } from './base-command.ts'
import { duration } from './flags.ts'

/** A command that does one thing to servers of a sandbox: a name, then ids. */
export abstract class ServerCommand extends ZkopsCommand {
  static override strict = false
  static override args = {
    name: Args.string({ description: 'the sandbox; may be left out when there is one only' }),
    server: Args.string({ description: 'ids, as 2 or server.2; default: all' }),
  }
  static override flags = {
    timeout: duration({ summary: 'How long to wait for servers.', default: 120_000, defaultHelp: async () => '120s' }),
  }

  protected async options(command: Command.Class): Promise<{
    words: readonly string[]
    timeoutMs: number
    zookeeper: string | undefined
    progress: Progress
    signal: AbortSignal
  }> {
    const { argv, flags } = await this.parse(command)
    const { timeout, zookeeper } = flags as unknown as { timeout: number; zookeeper?: string }
    return { words: argv as string[], timeoutMs: timeout, zookeeper, progress: this.progress, signal: this.signal }
  }
}
