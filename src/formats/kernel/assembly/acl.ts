import { byte } from './output'

/** The letters of permissions, in the order c d r w a. */
export function permissions(perms: i32): void {
  if (perms & 4) byte(0x63)
  if (perms & 8) byte(0x64)
  if (perms & 1) byte(0x72)
  if (perms & 2) byte(0x77)
  if (perms & 16) byte(0x61)
}
