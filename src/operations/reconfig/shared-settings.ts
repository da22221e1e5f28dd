/* Settings that all members have to share, as far as they tell them (conf). */
import { idOf, type ObservedMember } from '../../cluster/observe/model.ts'

const SHARED = ['tickTime', 'initLimit', 'syncLimit', 'minSessionTimeout', 'maxSessionTimeout', 'maxClientCnxns']

export interface SharedSettings {
  /** In words. */
  readonly differences: readonly string[]
  /** Members that tell none. */
  readonly unseen: readonly ObservedMember[]
  /** Those that somebody tells. */
  readonly keys: readonly string[]
}

export function sharedDifferences(members: readonly ObservedMember[]): SharedSettings {
  const told = (key: string) =>
    members.flatMap((member) => {
      const value = member.answer?.settings.get(key)
      return value === undefined ? [] : [{ id: idOf(member), value }]
    })
  const keys = SHARED.filter((key) => told(key).length > 0)
  const differences = keys.flatMap((key) => {
    const [first, ...others] = told(key)
    const other = others.find(({ value }) => value !== first!.value)
    return other === undefined
      ? []
      : [`${key} is ${first!.value} on server ${first!.id} and ${other.value} on server ${other.id}`]
  })
  const unseen = members.filter(({ answer }) => !SHARED.some((key) => answer?.settings.has(key)))
  return { differences, unseen, keys }
}
