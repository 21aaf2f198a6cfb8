/** Keeps the screen on while the page is seen; where a browser cannot, the television's own settings must. */
export function stayAwake(): void {
  const ask = (): void => {
    if (document.visibilityState === "visible") void navigator.wakeLock?.request("screen").catch(() => undefined);
  };
  // A hidden page loses its lock, and must ask again.
  document.addEventListener("visibilitychange", ask);
  ask();
}
