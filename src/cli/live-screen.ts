/* Pictures of something that goes on, one after the other on the screen, until a key ends it. */
import { openScreen, type ScreenSize } from './screen.ts'

export interface Room {
  /** Lines that scroll past in one page, and that are out of sight at most. */
  readonly page: number
  readonly beyond: number
}

export interface LiveShow<Picture> {
  readonly pictures: AsyncIterable<Picture>
  /** Undefined: nothing is there yet. */
  readonly frame: (picture: Picture | undefined, size: ScreenSize) => Room & { readonly lines: readonly string[] }
  /** Whether it goes on. */
  readonly key: (name: string, room: Room) => boolean
  /** Then what is shown stays. */
  readonly isPaused: () => boolean
  /** Ends the pictures. */
  readonly quit: () => void
}

export async function showLive<Picture>({ pictures, frame, key, isPaused, quit }: LiveShow<Picture>): Promise<void> {
  let shown: Picture | undefined
  let room: Room = { page: 0, beyond: 0 }
  let over = false
  const draw = () => {
    const next = frame(shown, screen.size)
    room = next
    screen.draw(next.lines)
  }
  const pressed = (name: string) => {
    if (over) return
    over = !key(name, room)
    if (over) quit()
    else draw()
  }
  const screen = openScreen({ key: pressed, redraw: draw })
  try {
    draw()
    for await (const picture of pictures) {
      if (shown === undefined || !isPaused()) shown = picture
      draw()
    }
  } catch (error) {
    if (!over) throw error
  } finally {
    screen.close()
  }
}
