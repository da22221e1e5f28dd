import * as Flags from '@oclif/core/flags'

/** A release (`3.8.6`) or a release line (`3.8`). */
export const zookeeperLine = Flags.custom<string>({ helpValue: '<3.8>' })

/** Members from an inventory, where they can be given otherwise too. */
export const INVENTORY_MEMBERS = {
  inventory: Flags.string({
    summary: 'A zkops.yaml that names the members; their directories in it come before --data-dir and --log-dir.',
    helpValue: '<zkops.yaml>',
  }),
  ensemble: Flags.string({
    summary: 'Which ensemble of it; its only or default one without this flag.',
    helpValue: '<name>',
    dependsOn: ['inventory'],
  }),
}
