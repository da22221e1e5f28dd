import { homedir } from 'node:os'

/** Where things of the user are looked for. */
export interface SearchPlace {
  /** Where to begin. */
  readonly folder: string
  readonly home: string
  readonly environment: Readonly<Record<string, string | undefined>>
}

export function searchPlace(): SearchPlace {
  return { folder: process.cwd(), home: homedir(), environment: process.env }
}
