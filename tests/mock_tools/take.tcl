# Calls checked against the table `commands`: names of options, how many words there are.

proc stub_error {what} { error "stand-in: $what" }

# Options and words of a call, checked against the table; `option` is filled, the words are returned.
proc take {name arguments} {
  global commands option
  array unset option
  set words {}
  set options [dict get $commands $name options]
  for {set i 0} {$i < [llength $arguments]} {incr i} {
    set word [lindex $arguments $i]
    if {[string match -* $word] && ![string is double -strict $word]} {
      if {![dict exists $options $word]} { stub_error "$name: unknown option $word" }
      set option($word) 1
      if {[dict get $options $word]} { set option($word) [lindex $arguments [incr i]] }
    } else {
      lappend words $word
    }
  }
  lassign [dict get $commands $name words] least most
  if {[llength $words] < $least || [llength $words] > $most} { stub_error "$name: [llength $words] words: $words" }
  return $words
}
