# The commands of Vitis HLS for run_hls.tcl: files must exist, steps must follow each other. Said is what was done, in
# the order in which it was. `commands` and `mock` come from the test.

source [file join $mock(here) take.tcl]
foreach name [dict keys $commands] {
  proc $name args "return \[do_$name \[take $name \$args\]\]"
}

set state ""
proc tell {what} { puts "did: $what" }
proc follow {step earlier} {
  global state
  if {$state ne $earlier} { stub_error "$step after '$state', not after '$earlier'" }
  set state $step
}
proc need_folder {path} {
  foreach name {input.hex output.hex} {
    if {![file exists [file join $path $name]]} { stub_error "no $name in $path" }
  }
}

proc do_open_project {words} { follow project ""; tell "project [lindex $words 0]" }
proc do_set_top {words} { tell "top [lindex $words 0]" }
proc do_add_files {words} {
  set path [lindex $words 0]
  if {![file exists $path]} { stub_error "no file $path" }
  foreach flag [lsearch -all -inline -glob $::option(-cflags) -I*] {
    if {![file isdirectory [string range $flag 2 end]]} { stub_error "no folder $flag" }
  }
  tell "[expr {[info exists ::option(-tb)] ? "bench" : "source"}] $path"
}
proc do_open_solution {words} {
  if {$::option(-flow_target) ne "vivado"} { stub_error "flow $::option(-flow_target)" }
  follow solution project
}
proc do_set_part {words} { tell "part [lindex $words 0]" }
proc do_create_clock {words} { tell "clock $::option(-period)" }
proc do_csim_design {words} { follow csim solution; need_folder $::option(-argv); tell csim }
proc do_csynth_design {words} { follow csynth csim; tell csynth }
proc do_cosim_design {words} {
  if {$::option(-rtl) ni {verilog vhdl}} { stub_error "rtl $::option(-rtl)" }
  follow cosim csynth
  need_folder $::option(-argv)
  tell cosim
}
proc do_export_design {words} {
  if {$::option(-format) ni {ip_catalog xo syn_dcp sysgen}} { stub_error "format $::option(-format)" }
  follow export cosim
  tell export
}
