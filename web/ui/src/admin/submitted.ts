/** Forms of this page: what was filled in, and emptied when it went well. */

/** The form is emptied when `act` went well. */
export function submitted(act: (given: FormData) => Promise<boolean>) {
  return (event: SubmitEvent) => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    void act(new FormData(form)).then((well) => well && form.reset());
  };
}

export const text = (given: FormData, name: string): string => String(given.get(name) ?? "").trim();
export const words = (given: FormData, name: string): string[] => given.getAll(name).flatMap((one) => String(one).split(/[\s,]+/)).filter(Boolean);
