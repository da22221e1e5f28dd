/* What a terminal sends for keys. */

const SEQUENCES: Readonly<Record<string, string>> = {
  '[A': 'up',
  '[B': 'down',
  '[C': 'right',
  '[D': 'left',
  '[H': 'home',
  '[F': 'end',
  '[1~': 'home',
  '[4~': 'end',
  '[5~': 'pageUp',
  '[6~': 'pageDown',
  '[7~': 'home',
  '[8~': 'end',
}

const CONTROLS: Readonly<Record<string, string>> = {
  '\x03': 'interrupt',
  '\x04': 'interrupt',
  '\x08': 'backspace',
  '\x7f': 'backspace',
  '\x0a': 'enter',
  '\x0d': 'enter',
  '\x0c': 'redraw',
  '\x1a': 'suspend',
  '\x1b': 'escape',
}

// SS3 sequences mean what CSI ones mean; a lone ESC is the key
const KEY = /\x1b[[O][0-9;?]*[ -/]*[@-~]|[\s\S]/gu

/** The beginning of a sequence whose end has not come yet. */
const BEGUN = /\x1b(?:[[O][0-9;?]*[ -/]*)?$/

export interface ReadKeys {
  /** Characters as they are, others by name; those without a name are left out. */
  readonly keys: readonly string[]
  /** What may be the beginning of a key: to be put in front of what comes next, or, when nothing comes, keys of its own. */
  readonly rest: string
}

export function readKeys(text: string): ReadKeys {
  const rest = BEGUN.exec(text)?.[0] ?? ''
  return { keys: keysOf(text.slice(0, text.length - rest.length)), rest }
}

export function keysOf(text: string): readonly string[] {
  return [...text.matchAll(KEY)].flatMap(([part]) => {
    if (part.length > 1 && part.startsWith('\x1b')) return SEQUENCES[`[${part.slice(2)}`] ?? []
    if (part < ' ' || part === '\x7f') return CONTROLS[part] ?? []
    return part
  })
}
