/** The words of this page. */
import { speaker } from "../people/speech";
import type catalogue from "./catalogue/en.json";

export const { t, plural } = speaker<keyof typeof catalogue>();
