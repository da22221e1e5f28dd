/*
 * Members asked again and again, none of them waited for longer than a little: of one that has not answered yet, what was
 * known before stands, and its question stays open until its own time is over.
 */
import { askMember } from './member.ts'
import { type MemberAnswer, type MemberPlace, type ObservedMember, type ObserveOptions, placeKey } from './model.ts'

export interface PatientAsk {
  readonly ask: (place: MemberPlace, options: ObserveOptions) => Promise<ObservedMember>
  /** When an answer came, by `performance.now()`. */
  answeredAt(answer: MemberAnswer): number | undefined
}

export function patientAsk(patienceMs: number): PatientAsk {
  const open = new Map<string, Promise<ObservedMember>>()
  const last = new Map<string, ObservedMember>()
  const times = new WeakMap<MemberAnswer, number>()
  const begin = (key: string, place: MemberPlace, options: ObserveOptions): Promise<ObservedMember> => {
    const asked = askMember(place, options)
      .then((member) => {
        if (member.answer !== null) times.set(member.answer, performance.now())
        last.set(key, member)
        return member
      })
      .finally(() => open.delete(key))
    open.set(key, asked)
    return asked
  }
  return {
    answeredAt: (answer) => times.get(answer),
    async ask(place, options) {
      const key = `${place.id ?? ''}@${placeKey(place)}`
      const asked = open.get(key) ?? begin(key, place, options)
      let timer: NodeJS.Timeout | undefined
      const late = new Promise<undefined>((resolve) => {
        timer = setTimeout(() => resolve(undefined), patienceMs)
      })
      const answered = await Promise.race([asked, late])
      clearTimeout(timer)
      return answered ?? { ...(last.get(key) ?? NOTHING_YET), place }
    },
  }
}

const NOTHING_YET: Pick<ObservedMember, 'answer' | 'failures'> = {
  answer: null,
  failures: [{ source: '4lw', code: 'server.slow', message: 'has not answered yet' }],
}
