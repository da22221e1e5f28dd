/* In which order converted files get onto the members, so that the ensemble serves all the time. */
import type { Release } from '../release.ts'
import type { ConfigChange } from './changes.ts'

export interface OrderInput {
  readonly release: Release
  /** Files without client addresses, as for 3.4. */
  readonly oldStyle: boolean
  /** Layout that changes, if any. */
  readonly moved: 'dynamic' | 'static' | null
  readonly changes: readonly ConfigChange[]
}

export function rollingOrder({ release, oldStyle, moved, changes }: OrderInput): readonly string[] {
  if (changes.length === 0) return []
  const fromOld = oldStyle && release.minor > 4
  const lines = changes.some(({ key }) => key.startsWith('server.'))
  const effects = [...new Set(changes.filter(({ takesEffect }) => takesEffect).map(({ key }) => key))]
  const before = [
    ...(fromOld
      ? [
          'Bring every member to a release that reads the new files first, one at a time, with the files as they are; from 3.4 go to the last 3.5 or 3.6 and from there on. A member of 3.4 that never wrote a snapshot does not start on 3.5 or later (zkops data doctor says so): give it snapshot.trust.empty=true for its first start there, and take it out again afterwards.',
        ]
      : []),
    ...(effects.length === 0
      ? []
      : [`Decide about ${effects.join(', ')}: from now on it counts, and it should do so on all members alike.`]),
  ]
  const after = [
    ...(lines && release.minor > 4
      ? [
          'When all run with the new files: every member must name the same members (zkops config lint on all files, conf on each).',
        ]
      : []),
    ...(moved === 'dynamic'
      ? [
          'To change members without restarts from then on: standaloneEnabled=false and reconfigEnabled=true on all members, one restart after the other, and the right to write /zookeeper/config. From then on servers write the dynamic file, and nobody else.',
        ]
      : []),
    ...(moved === 'static'
      ? [
          'Set reconfigEnabled=false on all members, too: a server with reconfigEnabled=true splits the file again at its next start.',
        ]
      : []),
  ]
  return [
    ...before,
    'Make sure that all members are up and in sync; who votes and who does not is not changed by these files, so old and new ones go together while they are exchanged.',
    "Observers first, then followers, the leader last, determined anew each time: stop the server, put its files in place, start it, wait until srvr says Mode: follower (or observer) with a zxid near the leader's, go on.",
    'If one does not come back: put its old files back and start it again, before any other is touched.',
    ...after,
  ]
}
