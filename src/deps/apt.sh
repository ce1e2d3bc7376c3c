# A private apt configuration that reads another Debian suite through the machine's own mirror,
# without touching the system's sources. Source this, then call `suite_apt DIR SUITE`; afterwards
# "${APT_SUITE[@]}" holds the options for apt-get.

# The mirror's base address, as the machine itself is configured (deb822 or one-line format).
debian_mirror() {
  local from
  from=$(cat /etc/apt/sources.list.d/debian.sources 2>/dev/null | awk '/^URIs:/{print $2; exit}')
  [ -n "$from" ] || from=$(cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2>/dev/null |
    sed 's/\[[^]]*\]//' | awk '$1=="deb" && $2 ~ /debian\/?$/ {print $2; exit}')
  [ -n "$from" ] || { echo "parsona: no Debian mirror in /etc/apt; is this Debian?" >&2; return 1; }
  echo "$from"
}

suite_apt() {
  local dir=$1 suite=$2 mirror
  mirror=$(debian_mirror) || return 1
  mkdir -p "$dir"/{parts,lists/partial,cache/archives/partial}
  : > "$dir/status"
  printf 'Types: deb deb-src\nURIs: %s\nSuites: %s\nComponents: main\nSigned-By: %s\n' \
    "$mirror" "$suite" /usr/share/keyrings/debian-archive-keyring.gpg > "$dir/parts/suite.sources"
  APT_SUITE=(-o Dir::Etc::sourcelist=/dev/null -o "Dir::Etc::sourceparts=$dir/parts"
    -o "Dir::State::lists=$dir/lists" -o "Dir::State::status=$dir/status"
    -o "Dir::Cache=$dir/cache" -o APT::Sandbox::User=root -o Acquire::Retries=3
    -o Acquire::Check-Valid-Until=false)  # a mirror may hold a suite of a past day
  apt-get "${APT_SUITE[@]}" update -qq
}
