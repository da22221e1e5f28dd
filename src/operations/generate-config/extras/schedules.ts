/* cron and systemd timers: health of the ensemble from one machine, purges on each member's host. */
import { rendered } from '../templates.ts'
import { file } from './containers.ts'
import { connectString, type ExtraInputs, type MadeMember, type MakeExtra, valueFor } from './extra.ts'

/** Between members, so that they do not all read their snapshots at once. */
const STEP_MINUTES = 10

export const cron: MakeExtra = (inputs) => [
  file(`cron/zkops-health-${inputs.name}`, rendered('cron/zkops-health', healthTexts(inputs))),
  ...inputs.made.map((one, i) => {
    const { id, confDir, keep } = purgeTexts(one)
    const job = purgeJob(one)
    const minute = (i * STEP_MINUTES) % 60
    return file(`${id}/${job}`, rendered('cron/zkops-purge', { id, confDir, keep, job, minute }))
  }),
]

export const timer: MakeExtra = (inputs) => [
  ...['service', 'timer'].map((kind) => {
    const texts = kind === 'timer' ? { name: inputs.name } : healthTexts(inputs)
    return file(`timer/zkops-health-${inputs.name}.${kind}`, rendered(`timer/zkops-health.${kind}`, texts))
  }),
  ...inputs.made.flatMap((one) =>
    ['service', 'timer'].map((kind) => {
      const texts = purgeTexts(one)
      const name = `${texts.id}/${purgeJob(one)}.${kind}`
      return file(name, rendered(`timer/zkops-purge.${kind}`, kind === 'timer' ? { id: texts.id } : texts))
    }),
  ),
]

function healthTexts(inputs: ExtraInputs) {
  return { name: inputs.name, connect: connectString(inputs) }
}

function purgeTexts(one: MadeMember) {
  const { confDir, dataDir, logDir } = one.places
  return {
    ...{ id: String(one.member.id), confDir, dataDir, logDir: logDir ?? dataDir },
    keep: Math.max(1, Number(valueFor(one, 'autopurge.snapRetainCount') ?? 3)),
  }
}

/** Its own for each member that shares a host. */
function purgeJob({ member }: MadeMember): string {
  return member.onHost === null ? 'zkops-purge' : `zkops-purge-${member.id}`
}
