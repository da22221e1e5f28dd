import type { InventoryServer } from './inventory.ts'

/** The value of its server line, role and client part stated as far as they are known. */
export function serverLineOf({ host, addresses, role, clientHost, ports }: InventoryServer): string {
  const peers = [`${bracketed(host)}:${ports.quorum}:${ports.election}`, ...addresses]
  const clients = clientHost === host ? '' : `${bracketed(clientHost)}:`
  const client = ports.client === null ? '' : `;${clients}${ports.client}`
  return `${peers.map((peer) => `${peer}:${role}`).join('|')}${client}`
}

function bracketed(host: string): string {
  return host.includes(':') && !host.startsWith('[') ? `[${host}]` : host
}
