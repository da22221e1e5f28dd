import { hostname, networkInterfaces } from 'node:os'

/** What this machine is called. */
export function ownNames(): ReadonlySet<string> {
  const addresses = Object.values(networkInterfaces()).flatMap((all) => all?.map(({ address }) => address) ?? [])
  return new Set(['localhost', hostname(), ...addresses])
}
