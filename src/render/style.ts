import { Chalk, type ChalkInstance } from 'chalk'

/** Colours and characters that a renderer may use; made from what the terminal can show. */
export interface Style {
  readonly color: ChalkInstance
  readonly unicode: boolean
}

export function createStyle(options: { color: boolean; unicode: boolean }): Style {
  return { color: new Chalk({ level: options.color ? 1 : 0 }), unicode: options.unicode }
}

/**
 * Text from a file or a server made safe for a terminal: control characters (C0, DEL, C1), bidirectional overrides and
 * lone surrogates are shown as `\n`, `\t`, `\x1b`, `\u202e`; everything else stays.
 */
export function printable(text: string): string {
  return text.replace(UNSAFE, (char) => {
    const code = char.charCodeAt(0)
    if (char === '\n') return '\\n'
    if (char === '\t') return '\\t'
    if (char === '\r') return '\\r'
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`
  })
}

/** The same where each character has to be one column wide: anything beyond ASCII is escaped, too. */
export function asciiText(text: string): string {
  return printable(text).replace(/[^\x20-\x7e]/gu, (char) => `\\u{${char.codePointAt(0)!.toString(16)}}`)
}

/** At most `width` characters; a cut shows as an ellipsis. */
export function shortened(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, width - 1)}…`
}

const UNSAFE =
  /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g
