/** An address of this site that was asked for, else nothing: nobody is sent elsewhere after signing in. */
export function ownPage(next: string | null): string | null {
  return next && /^\/(?![/\\])/.test(next) && !/^\/sign-in\b/.test(next) ? next : null;
}
