# bash completion for svctl(1)

_svctl_units()
{
	local word
	word=$(printf '%s' "$cur" | sed 's/[][*?\\]/\\&/g')
	"$1" "${context[@]}" list-units --all --no-legend "$word*" 2>/dev/null | awk '{ for (i = 1; i <= 2; i++)
		if ($i ~ /\.[a-z]+$/) { print $i; break } }'
}

_svctl()
{
	local cur prev verb='' i context=()
	local globals='--runtime-dir --host --json --no-pager --no-block --quiet --full --no-legend --user
		--help --version'
	local unit_verbs=' start stop restart try-restart reload reload-or-restart reload-or-try-restart kill wait
		freeze thaw set-property reset-failed isolate status tree why security show cat is-active is-failed list
		list-units list-dependencies logs
		enable disable reenable preset mask unmask revert edit is-enabled add-wants add-requires list-unit-files
		set-default rotate '
	cur=${COMP_WORDS[COMP_CWORD]}
	prev=${COMP_WORDS[COMP_CWORD - 1]}
	for ((i = 1; i < COMP_CWORD; i++)); do
		case ${COMP_WORDS[i]} in
		--runtime-dir) context+=(--runtime-dir "${COMP_WORDS[++i]}") ;;
		-H | --host | -s | --signal | --kill-whom | -n | --lines | -p | --property | --job-mode | --for | --timeout | --root | \
			--drop-in) ((i++)) ;;
		-*) ;;
		*) verb=${verb:-${COMP_WORDS[i]}} ;;
		esac
	done
	case $prev in
	-s | --signal) mapfile -t COMPREPLY < <(compgen -A signal -- "$cur") ; return ;;
	--runtime-dir | --root) mapfile -t COMPREPLY < <(compgen -d -- "$cur") ; return ;;
	-H | --host) mapfile -t COMPREPLY < <(compgen -A hostname -- "$cur") ; return ;;
	--kill-whom) mapfile -t COMPREPLY < <(compgen -W 'main control all' -- "$cur") ; return ;;
	--for) mapfile -t COMPREPLY < <(compgen -W 'ready stopped failed' -- "$cur") ; return ;;
	--job-mode)
		mapfile -t COMPREPLY < <(compgen -W 'replace fail isolate flush replace-irreversibly
			ignore-dependencies ignore-requirements' -- "$cur")
		return ;;
	esac
	if [[ $cur == -* ]]; then
		local more=
		[[ -n $verb ]] && more=$("$1" help "$verb" 2>/dev/null | grep -o -e '--[a-z-]*')
		mapfile -t COMPREPLY < <(compgen -W "$globals $more" -- "$cur")
	elif [[ -z $verb ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$("$1" help 2>/dev/null |
			awk '/^Verbs:/ { on = 1; next } /^$/ { on = 0 } on { print $1 }')" -- "$cur")
	elif [[ $verb == enable && $cur == */* || $verb == link || $verb == verify || $verb == import ]]; then
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
	elif [[ $verb == help ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$("$1" help 2>/dev/null |
			awk '/^Verbs:/ { on = 1; next } /^$/ { on = 0 } on { print $1 }')" -- "$cur")
	elif [[ $verb == @(enable|preset|unmask|edit|is-enabled|list-unit-files) ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$("$1" list-unit-files --no-legend "${cur//[^a-zA-Z0-9@:_.-]/}*" 2>/dev/null |
			awk '{ print $1 }')" -- "$cur")
	elif [[ $unit_verbs == *[[:space:]]"$verb"[[:space:]]* ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$(_svctl_units "$1")" -- "$cur")
	fi
}

complete -F _svctl svctl
