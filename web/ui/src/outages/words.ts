/** The words about outages, for the page of their own and for the lead's desk. */
import { speaker } from "../people/speech";
import type en from "./catalogue/en.json";

export const { t } = speaker<keyof typeof en>();
