//! `scaffold template`: the commands for those who make templates.

mod cases;
mod check;
mod from_project;
mod make;
mod show;
