import { Config } from '@oclif/core/config'
import type { PJSON } from '@oclif/core/interfaces'

/**
 * The part of oclif's configuration that a running command reads, without looking for plugins, hooks, themes and a
 * user's package.json on disk: oclif's own load takes longer than most of our commands, and it does it twice.
 * Help is rendered with the full Config.
 */
export class QuickConfig extends Config {
  constructor(root: string, pjson: PJSON) {
    super({ root })
    this.root = root
    this.pjson = pjson
    this.name = pjson.name
    this.version = pjson.version
    this.bin = pjson.oclif.bin ?? pjson.name
    this.dirname = pjson.oclif.dirname ?? pjson.name
    this.topicSeparator = ' '
    this.userAgent = `${this.name}/${this.version} ${process.platform}-${process.arch} node-${process.version}`
  }

  override async runHook(): Promise<never> {
    return { failures: [], successes: [] } as never
  }
}
