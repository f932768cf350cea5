/** Dark or light colours: those of the system, until the visitor chooses. */

import { useEffect, useState } from "react";

export type Theme = "light" | "dark";
export type Choice = Theme | "system";

const KEY = "playground:theme";

export function useTheme(): { theme: Theme; choice: Choice; choose: (choice: Choice) => void } {
  const [choice, setChoice] = useState<Choice>(() => {
    const stored = localStorage.getItem(KEY);
    return stored === "light" || stored === "dark" ? stored : "system";
  });
  const [system, setSystem] = useState(systemTheme);
  useEffect(() => {
    const dark = matchMedia("(prefers-color-scheme: dark)");
    const listen = () => setSystem(systemTheme());
    dark.addEventListener("change", listen);
    return () => dark.removeEventListener("change", listen);
  }, []);
  const theme = choice === "system" ? system : choice;
  useEffect(() => {
    document.documentElement.dataset["theme"] = theme;
  }, [theme]);
  const choose = (choice: Choice) => {
    localStorage.setItem(KEY, choice);
    setChoice(choice);
  };
  return { theme, choice, choose };
}

function systemTheme(): Theme {
  return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}
