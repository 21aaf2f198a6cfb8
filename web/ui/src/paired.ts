/** The address of the wall this screen was paired with. The key to it is a cookie that no script can read. */
const KEY = "balans.paired";

/** A browser that refuses to remember pairs again after each start. */
function remembering<T>(use: (memory: Storage) => T): T | null {
  try {
    return use(localStorage);
  } catch {
    return null;
  }
}

export const pairedWall = (): string | null => remembering((memory) => memory.getItem(KEY));
export const rememberWall = (wall: string): void => void remembering((memory) => memory.setItem(KEY, wall));
export const forgetWall = (): void => void remembering((memory) => memory.removeItem(KEY));
