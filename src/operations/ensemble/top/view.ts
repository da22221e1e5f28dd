/* What of a look is shown, and what keys change about it. */
import type { TopClient } from './clients.ts'
import type { TopMember } from './watch.ts'

export const TOP_SORTS = ['id', 'requests', 'latency', 'waiting', 'clients', 'lag'] as const

export type TopSort = (typeof TOP_SORTS)[number]

export interface TopView {
  readonly sort: TopSort
  readonly reversed: boolean
  readonly filter: string
  /** The filter is being typed. */
  readonly typing: boolean
  readonly paused: boolean
  readonly clients: boolean
  readonly help: boolean
  /** Lines above the first one shown. */
  readonly scroll: number
  readonly quit: boolean
}

export function firstView(options: Pick<TopView, 'sort' | 'filter' | 'clients'>): TopView {
  return { ...options, reversed: false, typing: false, paused: false, help: false, scroll: 0, quit: false }
}

export interface Room {
  /** Lines that a page has, and that are out of sight at most. */
  readonly page: number
  readonly beyond: number
}

const MOST_FILTER = 40

/** `key`: a character, or the name of a key that is none. */
export function pressed(view: TopView, key: string, { page, beyond }: Room): TopView {
  if (view.typing) return typed(view, key)
  const to = (scroll: number): TopView => ({ ...view, scroll: Math.max(0, Math.min(beyond, scroll)) })
  switch (key) {
    case 'q':
      return { ...view, quit: true }
    case 'escape':
      return { ...view, help: false, filter: view.help ? view.filter : '' }
    case 's':
      return { ...view, sort: TOP_SORTS[(TOP_SORTS.indexOf(view.sort) + 1) % TOP_SORTS.length]! }
    case 'r':
      return { ...view, reversed: !view.reversed }
    case '/':
      return { ...view, typing: true, filter: '', scroll: 0 }
    case 'p':
    case ' ':
      return { ...view, paused: !view.paused }
    case 'c':
      return { ...view, clients: !view.clients, scroll: 0 }
    case 'h':
    case '?':
      return { ...view, help: !view.help }
    case 'down':
    case 'j':
      return to(view.scroll + 1)
    case 'up':
    case 'k':
      return to(view.scroll - 1)
    case 'pageDown':
      return to(view.scroll + page)
    case 'pageUp':
      return to(view.scroll - page)
    case 'home':
      return to(0)
    case 'end':
      return to(beyond)
    default:
      return view
  }
}

function typed(view: TopView, key: string): TopView {
  if (key === 'enter') return { ...view, typing: false }
  if (key === 'escape') return { ...view, typing: false, filter: '' }
  if (key === 'backspace') return { ...view, filter: view.filter.slice(0, -1) }
  // names of hosts and addresses have no others
  if (!/^[\x20-\x7e]$/.test(key) || view.filter.length >= MOST_FILTER) return view
  return { ...view, filter: view.filter + key }
}

/** The largest first where more is worse; ids from the smallest on. */
export function shownMembers(members: readonly TopMember[], { sort, reversed, filter }: TopView): readonly TopMember[] {
  const wanted = members.filter(({ id, host, clientPort, state, version }) =>
    matches(`${id ?? ''} ${host}:${clientPort ?? ''} ${state} ${version ?? ''}`, filter),
  )
  const sorted = sort === 'id' ? wanted : [...wanted].sort((a, b) => amountOf(b, sort) - amountOf(a, sort))
  return reversed ? [...sorted].reverse() : sorted
}

export function shownClients(clients: readonly TopClient[], { filter }: TopView): readonly TopClient[] {
  return clients.filter(({ address }) => matches(address, filter))
}

const matches = (text: string, filter: string): boolean => text.toLowerCase().includes(filter.toLowerCase())

function amountOf(member: TopMember, sort: Exclude<TopSort, 'id'>): number {
  const amounts = {
    requests: member.requestsPerS,
    latency: member.recentLatencyMs ?? member.latencyMs,
    waiting: member.outstanding,
    clients: member.connections,
    lag: member.lag,
  }
  return amounts[sort] ?? -1
}
