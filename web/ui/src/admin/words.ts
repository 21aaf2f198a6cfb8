/** The words of this page. */
import { speaker } from "../people/speech";
import type catalogue from "./catalogue/en.json";

export const { t } = speaker<keyof typeof catalogue>();
