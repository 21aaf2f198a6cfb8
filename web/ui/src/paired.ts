/** Which board this screen was paired with. The key to it is a cookie that no script can read. */
const KEY = "balans.paired";

/** A browser that refuses to remember pairs again after each start. */
function remembering<T>(use: (memory: Storage) => T): T | null {
  try {
    return use(localStorage);
  } catch {
    return null;
  }
}

export const pairedBoard = (): string | null => remembering((memory) => memory.getItem(KEY));
export const rememberBoard = (board: string): void => void remembering((memory) => memory.setItem(KEY, board));
export const forgetBoard = (): void => void remembering((memory) => memory.removeItem(KEY));
