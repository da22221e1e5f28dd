import type { Look } from '../operations/look-into/look.ts'
import type { ShellAnswer } from '../operations/look-into/shell.ts'
import { diskUsageText } from './snapshot-du.ts'
import { printable, type Style } from './style.ts'
import { foundLine, listingText, statText, treeText } from './znode-text.ts'
import { shownValue } from './znode-value.ts'

const HELP = `ls [-l] [PATH]    children
cd [PATH]         go there; the root without a path
cat [-d] [PATH]   the value; -d: what it is
stat [PATH]       stat and access list
tree [PATH]       two levels with counts
find [GLOB]       paths that match: * within a name, ** across
du [PATH]         what takes the room
pwd               where you are
exit              so does the end of input
Paths are relative to where you are; blanks in names are quoted or escaped with a backslash. Tab completes.
`

export function shellText(answer: ShellAnswer, look: Look, style: Style): string {
  switch (answer.kind) {
    case 'nothing':
    case 'exit':
      return ''
    case 'help':
      return HELP
    case 'path':
      return `${printable(answer.path)}\n`
    case 'listing':
      return listingText(answer.listing, answer.long, style)
    case 'stat':
      return statText(answer.znode, look, style)
    case 'value':
      return shownValue(answer.value)
    case 'tree':
      return treeText(answer.branch, style)
    case 'usage':
      return diskUsageText(answer.usage, style)
    case 'found': {
      const lines = answer.znodes.map(foundLine({ format: 'text', long: false }, look))
      return lines.join('') + (answer.more ? 'There are more: narrow the pattern.\n' : '')
    }
  }
}
