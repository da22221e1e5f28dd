import { type Session, type SessionOptions, withSession } from '../../cluster/client/session.ts'

export interface HeldSession {
  readonly session: Session
  /** Never throws; the session is closed afterwards, or as good as: the server ends it when its time is over. */
  close(): Promise<void>
}

/** A session beside others, for as long as it is wanted. Throws as withSession does. */
export function holdSession(options: SessionOptions): Promise<HeldSession> {
  return new Promise((resolve, reject) => {
    let release = () => {}
    const released = new Promise<void>((done) => {
      release = done
    })
    const over = withSession(options, async (session) => {
      resolve({
        session,
        close: async () => {
          release()
          await over.catch(() => {})
        },
      })
      await released
    })
    over.catch(reject)
  })
}
