/** Forms: what was filled in, by the names of the fields. */

/** The values of the form that is sent, the button that sends it among them. */
export function sent(event: SubmitEvent): (name: string) => string {
  event.preventDefault();
  const form = new FormData(event.currentTarget as HTMLFormElement, event.submitter);
  return (name) => String(form.get(name) ?? "");
}
