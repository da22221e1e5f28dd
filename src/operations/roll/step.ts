/*
 * One member is restarted and waited for:
 *
 * 1. What is known of its process is kept, in the journal too.
 * 2. What stops and starts it runs; between a stop and a start its process has to be gone.
 * 3. It is back when its process is another one, it serves as the leader counts it, and nobody else has suffered
 *    (gates.ts). One that is known to have ended is not waited for.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { isListening } from '../../cluster/listening.ts'
import { ZkopsError } from '../../support/errors.ts'
import { isRunning } from '../../support/process-identity.ts'
import type { OpenJournal } from '../journal/journal.ts'
import { notBack } from './gates.ts'
import { isAnew, type Trace, traceOf } from './trace.ts'
import { actionMember, type RollMember, type RollView } from './view.ts'
import type { RolledMember, RollWork } from './work.ts'

const LOOK_MS = 200
const PORT_MS = 100
/** A process that was just started shows itself by then. */
const APPEAR_MS = 3000

export interface Step {
  readonly rolled: RolledMember
  readonly view: RollView
}

/** Throws `stopped.*`, `server.*`, `environment.*`, `interrupted`. */
export async function restartMember(
  n: number,
  member: RollMember,
  before: RollView,
  work: RollWork,
  journal: OpenJournal,
): Promise<Step> {
  const { kind, actions, signal } = work
  const trace = await traceOf(member)
  const own = actionMember(member)
  const steps = kind.actions?.(member) ?? actions.restart(own)
  const evidence = { server: member.id, state: member.state, leader: before.leaders[0] ?? null, trace }
  await journal.step('begin', n, `${kind.verb} ${member.name}`, evidence)
  await kind.before?.(member)
  const started = performance.now()
  const port = watchPort(member, trace)
  let wasAway = false
  try {
    for (const action of steps) {
      await action.run(signal)
      if (action.does === 'stop') {
        await untilGone(member, trace, work)
        wasAway = trace.process === null || wasAway
      }
    }
    const ran = performance.now()
    const view = await untilBack(member, before, work, async (now) => {
      const anew = isAnew(trace, await traceOf(now), now, wasAway || port.seenAway)
      if (anew === true) return undefined
      return anew === false ? 'it is the process of before' : 'nothing shows that it was restarted'
    })
    const timing = { commandsMs: Math.round(ran - started), readyMs: Math.round(performance.now() - ran), settleMs: 0 }
    return { rolled: { id: member.id, role: member.role, state: member.state, ...timing }, view }
  } finally {
    port.end()
  }
}

/** Looks whether somebody listens, where nothing else tells that a process went. */
function watchPort({ place, answer }: RollMember, trace: Trace) {
  const port = place.clientPort ?? place.securePort
  const watch = { seenAway: false, over: port === null || answer === null || trace.process !== null, end: () => {} }
  watch.end = () => {
    watch.over = true
  }
  const look = async () => {
    while (!watch.over && !watch.seenAway) {
      watch.seenAway = (await isListening(place.host, port!, PORT_MS * 10)) === false
      await sleep(PORT_MS)
    }
  }
  void look()
  return watch
}

async function untilGone(member: RollMember, trace: Trace, { waitMs, signal }: RollWork): Promise<void> {
  const deadline = performance.now() + waitMs
  const port = member.place.clientPort ?? member.place.securePort
  const [pid, ...startedAt] = trace.process?.split(' ') ?? []
  const isGone = async () => {
    if (pid !== undefined) return !isRunning({ pid: Number(pid), startedAt: startedAt.join(' ') })
    return port === null || (await isListening(member.place.host, port, PORT_MS * 10)) !== true
  }
  while (!(await isGone())) {
    if (performance.now() > deadline) {
      throw new ZkopsError('stopped.not-gone', `${member.name} still runs ${waitMs / 1000} s after it was stopped`, {
        hint: 'See why it does not end; SIGKILL does its data no harm.',
      })
    }
    await sleep(PORT_MS, undefined, { signal })
  }
}

async function untilBack(
  { id, name }: RollMember,
  before: RollView,
  work: RollWork,
  unproved: (now: RollMember) => Promise<string | undefined>,
): Promise<RollView> {
  const { observer, waitMs, actions, signal, progress } = work
  const started = performance.now()
  progress.start(`waiting for ${name}`)
  for (;;) {
    const view = await observer.look()
    const now = view.members.find((member) => member.id === id)
    const waited = performance.now() - started
    const away = notBack(view, id, before)
    const why = away ?? (await unproved(now!))
    if (why === undefined) {
      progress.finish()
      return view
    }
    const ended = waited > APPEAR_MS && now !== undefined && (await actions.hasEnded(actionMember(now)))
    if (away === undefined && waited > waitMs) throw notRestarted(name, why)
    if (ended || waited > waitMs) {
      const what = ended ? 'ended while it started' : `is not back after ${Math.round(waitMs / 1000)} s: ${why}`
      throw new ZkopsError('stopped.not-back', `${name} ${what}`, {
        hint: `See in its log why${actions.sandbox === null ? '' : ` (zkops sandbox logs ${actions.sandbox.name} ${id})`}, and bring it back; the others serve.`,
      })
    }
    await sleep(LOOK_MS, undefined, { signal })
  }
}

function notRestarted(name: string, why: string): ZkopsError {
  return new ZkopsError('stopped.not-restarted', `${name} was not restarted: ${why}`, {
    hint: 'It serves as before. Does the command do what it should?',
  })
}
