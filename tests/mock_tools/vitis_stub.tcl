# The commands of Vitis HLS for our script: each is checked against the table `commands`, and what it says is kept.
# Synthesis itself is done by the program that sources this file, which reads the answers from the file `answers`.

proc take {name arguments} {
  global commands option
  array unset option
  set words {}
  set options [dict get $commands $name options]
  for {set i 0} {$i < [llength $arguments]} {incr i} {
    set word [lindex $arguments $i]
    if {[string match -* $word]} {
      if {![dict exists $options $word]} { error "stand-in: $name: unknown option $word" }
      set option($word) 1
      if {[dict get $options $word]} { set option($word) [lindex $arguments [incr i]] }
    } else {
      lappend words $word
    }
  }
  lassign [dict get $commands $name words] least most
  if {[llength $words] < $least || [llength $words] > $most} { error "stand-in: $name: [llength $words] words" }
  return [lindex $words 0]
}

proc remember {key value} {
  global answers
  set file [open $answers a]
  puts $file "$key=$value"
  close $file
}

proc open_project args { remember project [take open_project $args] }
proc set_top args { remember top [take set_top $args] }
proc add_files args {
  set path [take add_files $args]
  if {![file exists $path]} { error "stand-in: no file $path" }
  remember source [file normalize $path]
  remember cflags $::option(-cflags)
}
proc open_solution args {
  remember solution [take open_solution $args]
  if {$::option(-flow_target) ne "vivado"} { error "stand-in: unknown flow $::option(-flow_target)" }
}
proc set_part args { remember part [take set_part $args] }
proc create_clock args { take create_clock $args; remember clock_ns $::option(-period) }
proc config_export args { take config_export $args; remember ipname $::option(-ipname) }
proc csynth_design args { take csynth_design $args; remember csynth 1 }
proc export_design args { take export_design $args; remember export 1 }
