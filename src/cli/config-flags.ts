import * as Flags from '@oclif/core/flags'

/** A release (`3.8.6`) or a release line (`3.8`). */
export const zookeeperLine = Flags.custom<string>({ helpValue: '<3.8>' })
