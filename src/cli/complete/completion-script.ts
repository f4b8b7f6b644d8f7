/** Bash takes `:` and `=` for the ends of words: they are put together again, and what it has already is left out. */
const BASH = `# bash completion for tspod
_tspod() {
  local line current words
  read -ra words <<<"\${COMP_LINE:0:COMP_POINT}"
  [[ \${COMP_LINE:0:COMP_POINT} = *[[:space:]] ]] && words+=('')
  current=\${words[-1]}
  COMPREPLY=()
  while IFS= read -r line; do
    [ "$line" = :files ] && { compopt -o default; continue; }
    line=\${line%%$'\\t'*}
    COMPREPLY+=("\${line#"\${current%"\${current##*[:=]}"}"}")
  done < <(tspod __complete -- "\${words[@]:1}" 2>/dev/null)
  [[ \${#COMPREPLY[@]} = 1 && \${COMPREPLY[0]} = *[:=,] ]] && compopt -o nospace
  return 0
}
complete -F _tspod tspod
`;

/** What ends with `:`, `=` or `,` goes on; read from a directory of fpath, the file itself is the first call. */
const ZSH = `#compdef tspod
_tspod() {
  local line word files
  local -a found open
  while IFS= read -r line; do
    [[ $line = :files ]] && { files=yes; continue; }
    word=\${line%%$'\\t'*}
    if [[ $word = *[:=,] ]]; then open+=("\${word//:/\\\\:}")
    elif [[ $line = *$'\\t'* ]]; then found+=("\${word//:/\\\\:}:\${line#*$'\\t'}")
    else found+=("\${word//:/\\\\:}")
    fi
  done < <(tspod __complete -- "\${(@)words[2,$CURRENT]}" 2>/dev/null)
  (( \${#open} )) && _describe tspod open -S ''
  (( \${#found} )) && _describe tspod found
  [[ -n $files ]] && { compset -P '--*='; _files; }
}
if [[ \${funcstack[1]} = _tspod ]]; then _tspod; else compdef _tspod tspod; fi
`;

const FISH = `# fish completion for tspod
function __tspod_complete
  set -l words (commandline -opc)[2..-1] (commandline -ct)
  for line in (tspod __complete -- $words 2>/dev/null)
    if test "$line" = :files
      set -l option (string match -r -- '^--[^=]*=' $words[-1])
      set -l typed (string replace -r -- '^--[^=]*=' '' $words[-1])
      for path in (__fish_complete_path "$typed")
        echo "$option$path"
      end
    else
      echo $line
    end
  end
end
complete -c tspod -f -a '(__tspod_complete)'
`;

/** The completion script of each shell; with `bare` the words come without descriptions. */
export const completionScripts: Readonly<Record<string, (bare: boolean) => string>> = {
  bash: (bare) => withBare(BASH, bare),
  fish: (bare) => withBare(FISH, bare),
  zsh: (bare) => withBare(ZSH, bare),
};

function withBare(script: string, bare: boolean): string {
  return bare ? script.replace('__complete --', '__complete --no-desc --') : script;
}
